package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// docs/json.md has the keys of each object, in their order, and no others.
func TestJSONIsDocumented(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "json.md"))
	require.NoError(t, err)
	for title, object := range map[string]any{"A run": jsonRun{}, "A property": jsonProperty{},
		"A comparison": jsonComparison{}, "A difference": jsonDifference{}, "A changed statement": jsonStatement{},
		"A statement of a trace": jsonStep{}} {
		_, section, ok := strings.Cut(string(text), "\n## "+title+"\n")
		require.True(t, ok, title)
		section, _, _ = strings.Cut(section, "\n## ")
		var documented, written []string
		for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(section, -1) {
			documented = append(documented, m[1])
		}
		for i := range reflect.TypeOf(object).NumField() {
			key, _, _ := strings.Cut(reflect.TypeOf(object).Field(i).Tag.Get("json"), ",")
			written = append(written, key)
		}
		require.Equal(t, written, documented, title)
	}
	for i := range reflect.TypeFor[jsonMissed]().NumField() {
		require.Contains(t, string(text), "`"+reflect.TypeFor[jsonMissed]().Field(i).Tag.Get("json")+"`")
	}
}
