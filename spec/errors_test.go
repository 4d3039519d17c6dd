package spec

import (
	"errors"
	"io"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestErrorList(t *testing.T) {
	l := ErrorList[error]{errors.New("one"), &fs.PathError{Op: "open", Path: "x", Err: io.EOF}}
	require.EqualError(t, l, "one\nopen x: EOF")
	require.ErrorIs(t, l, io.EOF)
	var path *fs.PathError
	require.ErrorAs(t, l, &path)
	require.EqualError(t, ErrorList[error]{}, "")
}
