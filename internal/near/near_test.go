package near

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestName(t *testing.T) {
	names := []string{"check", "claims", "v6.15", "ltp-mkfs", "ltp-mkfs-walk"}
	for word, want := range map[string]string{
		"chekc": "check", "chck": "check", "cheeck": "check", "claim": "claims", "v6.51": "v6.15", "v6.1": "v6.15",
		"ltp-mfks": "ltp-mkfs", "ltp_mkfs_walk": "ltp-mkfs-walk", // two places of thirteen
		"check": "", "": "", "c": "", "xyz": "", "bench": "", strings.Repeat("check", 1000): "",
	} {
		require.Equal(t, want, Name(word, names), word)
	}
	require.Equal(t, `; did you mean "check"?`, Hint("chekc", names))
	require.Empty(t, Hint("xyz", names))
}
