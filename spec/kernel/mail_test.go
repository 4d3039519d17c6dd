package kernel

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"
)

const aDiff = "--- a/namespace.c\n+++ b/namespace.c\n@@ -1,1 +1,1 @@\n-a = b;\n+a = c;\n"

func names2(ps []Patch) (out []string) {
	for _, p := range ps {
		out = append(out, p.Name)
	}
	return out
}

func TestSeriesOfOneDiff(t *testing.T) {
	ps, err := Series("x.patch", []byte("Subject: words\n\nMore.\n\n"+aDiff))
	require.NoError(t, err)
	require.Equal(t, []string{"x.patch"}, names2(ps))
	require.Equal(t, "Subject: words\n\nMore.", ps[0].Description())
	ps, err = Series("x.patch", []byte(aDiff))
	require.NoError(t, err)
	require.Equal(t, aDiff, string(ps[0].Text))
}

// A mailbox has a cover letter and its patches in any order; one of them is encoded.
func TestSeriesOfAMailbox(t *testing.T) {
	mail := func(subject, encoding, body string) string {
		m := "From 1234567890123456789012345678901234567890 Mon Sep 17 00:00:00 2001\nFrom: A <a@example.org>\n" +
			"Subject: " + subject + "\n"
		if encoding != "" {
			m += "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: " + encoding + "\n"
		}
		return m + "\n" + body
	}
	qp := "--- a/namespace.c\n+++ b/namespace.c\n@@ -1,1 +1,1 @@\n-a =3D b;\n+a =\n=3D c;\n"
	box := mail("[PATCH v2 0/3] cover", "", "Words.\n\nbase-commit: 0123\n") +
		mail("[PATCH v2 3/3] third", "base64", base64.StdEncoding.EncodeToString([]byte("3\n---\n"+aDiff))+"\n") +
		mail("[PATCH v2 1/3]\n first", "quoted-printable", qp) +
		mail("Re: [PATCH v2 1/3] first", "", "> quoted\nlooks good\n") +
		mail("[PATCH v2 2/3] second", "", "2\n---\n"+aDiff+"-- \n2.39\n\nbase-commit: 4567\n")
	ps, err := Series("s.mbox", []byte(box))
	require.NoError(t, err)
	require.Equal(t, []string{"s.mbox#3", "s.mbox#5", "s.mbox#2"}, names2(ps))
	require.Contains(t, string(ps[0].Text), "-a = b;\n+a = c;\n")
	require.Contains(t, ps[0].Description(), "Subject: [PATCH v2 1/3] first")
	require.Contains(t, string(ps[2].Text), aDiff)
	require.Equal(t, "4567", ps[1].Trailer("base-commit"))
	require.Empty(t, ps[0].Trailer("base-commit"))
}

func TestSeriesRefuses(t *testing.T) {
	for name, c := range map[string]struct{ text, msg string }{
		"nothing":    {"", "no file is changed"},
		"no diff":    {"From a@b Mon Sep 17 00:00:00 2001\nSubject: hello\n\nwords\n", "no file is changed"},
		"no header":  {"From a@b Mon Sep 17 00:00:00 2001\n\x00\x01 words\nwords\n", "no header that can be read"},
		"attachment": {"From: a@b\nContent-Type: multipart/mixed; boundary=x\n\n--x\n", "save the attachment"},
		"encoding":   {"From: a@b\nContent-Transfer-Encoding: uuencode\n\nx\n", "the transfer encoding is not one of"},
		"base64":     {"From: a@b\nContent-Transfer-Encoding: base64\n\n*\n", "does not keep to"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Series("x", []byte(c.text))
			var bad *PatchError
			require.ErrorAs(t, err, &bad)
			require.Contains(t, bad.Msg, c.msg)
		})
	}
}

func FuzzSeries(f *testing.F) {
	f.Add([]byte(aDiff))
	f.Add([]byte("From a@b Mon Sep 17 00:00:00 2001\nSubject: [PATCH 1/1] x\n\n" + aDiff))
	f.Fuzz(func(t *testing.T, text []byte) {
		ps, err := Series("x", text)
		require.Equal(t, err == nil, len(ps) > 0)
	})
}
