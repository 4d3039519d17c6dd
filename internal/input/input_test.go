package input

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRead(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, []byte("text"), 0o666))
	require.NoError(t, os.Symlink("file", filepath.Join(dir, "link")))
	for _, name := range []string{"file", "link"} {
		text, err := Read(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Equal(t, "text", string(text))
	}
	pipe := filepath.Join(dir, "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o666))
	go func() { _ = os.WriteFile(pipe, []byte("through"), 0o666) }()
	text, err := Read(pipe)
	require.NoError(t, err)
	require.Equal(t, "through", string(text))

	socket := filepath.Join(dir, "socket")
	l, err := net.Listen("unix", socket)
	require.NoError(t, err)
	defer l.Close()
	for path, why := range map[string]string{
		dir:                           dir + ": it is a directory: only regular files and pipes are read",
		"/dev/null":                   "/dev/null: it is a device: only regular files and pipes are read",
		"/dev/zero":                   "/dev/zero: it is a device: only regular files and pipes are read",
		socket:                        socket + ": it is a socket: only regular files and pipes are read",
		filepath.Join(dir, "a\nb"):    dir + `/a\nb: no such file or directory`,
		filepath.Join(file, "nested"): file + "/nested: not a directory",
		"":                            ": no such file or directory",
	} {
		_, err := Read(path)
		require.EqualError(t, err, why)
	}
}

func TestLimit(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, bytes.Repeat([]byte("x"), Limit), 0o666))
	text, err := Read(file)
	require.NoError(t, err)
	require.Len(t, text, Limit)
	require.NoError(t, os.WriteFile(file, bytes.Repeat([]byte("x"), Limit+1), 0o666))
	_, err = Read(file)
	require.EqualError(t, err, file+": it is larger than 1024 KiB, and no more is read")
	_, err = From(strings.NewReader("xxxxx"), Stdin, 4)
	require.EqualError(t, err, "stdin: it is larger than 0 KiB, and no more is read")
}
