package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"mcheck/spec/scenario"
)

// verdictCache keeps the verdicts of designs that patches are compared with. A name of a file is a
// hash of all that a verdict depends on, this program included. A cache that can't be read or
// written is no error: the verdicts are found again.
type verdictCache struct {
	dir string // "": there is none

	once    sync.Once
	program string // a hash of this program's file; "" if it can't be read
}

// newVerdictCache returns the cache in the user's directory for such.
func newVerdictCache() *verdictCache {
	dir, err := os.UserCacheDir()
	if err != nil {
		return &verdictCache{}
	}
	return &verdictCache{dir: filepath.Join(dir, "mcheck", "verdicts")}
}

// key names the verdicts of a scenario under a design; "" where there is no cache.
func (c *verdictCache) key(sc *scenario.Scenario, s stack, set map[string]string) string {
	if c.dir == "" {
		return ""
	}
	if c.programHash() == "" {
		return ""
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%q\n%q\n%q\n", c.program, sc.Path, sc.Source(), s.name)
	for _, p := range s.patches {
		fmt.Fprintf(h, "%q\n", p.Text)
	}
	for _, k := range slices.Sorted(maps.Keys(set)) {
		fmt.Fprintf(h, "%q=%q\n", k, set[k])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// programHash is a hash of this program's file; "" if it can't be read.
func (c *verdictCache) programHash() string {
	c.once.Do(c.identify)
	return c.program
}

func (c *verdictCache) identify() {
	path, err := os.Executable()
	if err != nil {
		return
	}
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err == nil {
		c.program = hex.EncodeToString(h.Sum(nil))
	}
}

// load returns what was saved under key, or nil.
func (c *verdictCache) load(key string) *record {
	if key == "" {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(c.dir, key+".json"))
	if err != nil {
		return nil
	}
	r := &record{}
	if json.Unmarshal(text, r) != nil || len(r.Props) == 0 {
		return nil
	}
	return r
}

// save keeps r under key.
func (c *verdictCache) save(key string, r *record) {
	if key == "" {
		return
	}
	text, err := json.Marshal(r)
	if err != nil {
		return
	}
	files, err := newFileSet(c.dir)
	if err != nil {
		return
	}
	defer files.discard()
	if addText(files, key+".json", string(text)) == nil {
		_, _ = files.commit()
	}
}
