package explorer

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mcheck/internal/safe"
	"mcheck/internal/temp"
)

// A checkpoint is a directory with three files. lockFile is empty, and locked by the process that
// uses the directory. statesFile has the words of all states in the order of their positions, and
// only grows. manifestFile says how many of them count, what their checksum is, and all else that
// the search knew. It is replaced by renaming, after the states it speaks of are on the disk: so
// whenever the process ends, the directory holds the checkpoint that was completed last, and
// perhaps states behind those that count.
const (
	statesFile   = "states"
	manifestFile = "checkpoint"
	lockFile     = "lock"

	tempSuffix = ".tmp" // and some digits: of a manifest that is being written
)

// maxManifest is the size in bytes of the largest manifest that is read: with positions for a
// hundred million goals.
const maxManifest = 1 << 30

// checkpointVersion changes with the format, with how states are packed, and with which state
// stands for those that symmetry takes as equal.
const checkpointVersion = 2

// CheckpointError says why a checkpoint can't be written or read.
type CheckpointError struct {
	Dir string
	Err error
}

func (e *CheckpointError) Error() string {
	return fmt.Sprintf("checkpoint in %s: %v", safe.Line(e.Dir), e.Err)
}

func (e *CheckpointError) Unwrap() error { return e.Err }

// manifest is what a search knows between two chunks, without the states.
type manifest struct {
	Version  int
	Model    string // its name, for people
	Identity string // of the model and of what a packed state is
	Words    int    // of a state
	States   int64
	Checksum uint32 // of the file up to there, CRC-32C
	Seconds  float64
	Missed   *Missed `json:",omitempty"`

	Starts []int64 // of the levels; the last is the end of the level in work
	Cursor int64   // the states before are visited
	Goals  []manifestGoal

	Initial, Generated, Transitions, Rest int64
	Fired, Situations, Levels             []int64
}

type manifestGoal struct {
	Level     int
	Positions []int64  `json:",omitempty"`
	Outside   []uint64 `json:",omitempty"`
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// identity says what model the search explores, and how it packs states.
func (s *search) identity() string {
	h := sha256.New()
	fmt.Fprintf(h, "%d\n%s\n%v\n%t\n", checkpointVersion, s.c.model, s.c.layout.Fields, s.sym != nil)
	for i := range s.c.cells {
		c := &s.c.cells[i]
		fmt.Fprint(h, c.fixed, c.value, c.lo)
		for _, x := range c.ranks {
			fmt.Fprint(h, " ", x.n)
		}
		fmt.Fprintln(h)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// snapshot is the manifest of this moment, at which no state is being visited, and those before
// cursor are.
func (s *search) snapshot(cursor int64) *manifest {
	m := &manifest{
		Version: checkpointVersion, Model: s.c.model.Name, Identity: s.id, Words: s.c.layout.Words, States: s.store.Len(),
		Starts: slices.Clone(s.starts), Cursor: cursor,
		Initial: s.res.Initial, Generated: s.generated.Load(), Transitions: s.res.Transitions, Rest: s.res.Rest,
		Fired: slices.Clone(s.res.Fired), Levels: slices.Clone(s.res.Levels),
	}
	if s.res.Missed != nil {
		missed := *s.res.Missed
		m.Missed = &missed
	}
	for _, p := range s.res.Properties {
		m.Situations = append(m.Situations, p.Situations)
	}
	for _, g := range s.goals {
		m.Goals = append(m.Goals, manifestGoal{g.level, slices.Clone(g.positions), slices.Clone(g.outside)})
	}
	return m
}

// checkpoints writes the checkpoints of a search.
type checkpoints struct {
	dir      string
	f        *os.File
	begin    time.Time
	before   float64 // seconds of earlier runs
	saved    int64   // states in the file
	checksum uint32
	buf      []byte
}

// lockCheckpoints makes sure that no other process uses a directory for its checkpoints, for as
// long as the file that it returns is open, and removes what a process that was killed has left
// there. fresh says that the directory is made if it is not there.
func lockCheckpoints(dir string, fresh bool) (*os.File, error) {
	if fresh {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return nil, &CheckpointError{dir, wording(err)}
		}
	} else if _, err := os.Stat(filepath.Join(dir, manifestFile)); os.IsNotExist(err) {
		return nil, &CheckpointError{dir, errors.New("there is none")}
	}
	lock, err := temp.Lock(filepath.Join(dir, lockFile))
	switch {
	case errors.Is(err, temp.ErrLocked):
		return nil, &CheckpointError{dir, errors.New("another mcheck uses it: wait for its end, or take another directory")}
	case err != nil:
		return nil, &CheckpointError{dir, fmt.Errorf("it can't be locked: %w", wording(err))}
	}
	left, _ := filepath.Glob(filepath.Join(globQuote(dir), manifestFile+tempSuffix+"*"))
	for _, name := range left {
		os.Remove(name)
	}
	return lock, nil
}

// globQuote returns a pattern that matches a path only.
func globQuote(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// wording is err without the names of a system call and of a file.
func wording(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return fmt.Errorf("%s: %w", safe.Line(p.Path), p.Err)
	}
	return err
}

// openCheckpoints prepares a directory, which is locked, for checkpoints; known is the one there
// that the search goes on from, or nil.
func openCheckpoints(dir string, known *manifest) (c *checkpoints, err error) {
	defer func() {
		if err != nil {
			err = &CheckpointError{dir, wording(err)}
		}
	}()
	c = &checkpoints{dir: dir, begin: time.Now()}
	if known == nil {
		if _, err := os.Lstat(filepath.Join(dir, manifestFile)); err == nil {
			return nil, fmt.Errorf("there is one already: resume from it, or remove the directory")
		}
	} else {
		c.saved, c.checksum = known.States, known.Checksum
	}
	c.f, err = os.OpenFile(filepath.Join(dir, statesFile), os.O_RDWR|os.O_CREATE, 0o666)
	return c, err
}

// save writes a checkpoint. On an error the one before it stays.
func (c *checkpoints) save(s *search, m *manifest) error {
	if err := c.write(s, m); err != nil {
		return &CheckpointError{c.dir, err}
	}
	return nil
}

func (c *checkpoints) write(s *search, m *manifest) error {
	words := int64(m.Words)
	saved, sum := c.saved, c.checksum
	var chunk []uint64
	for saved < m.States {
		var err error
		if chunk, err = s.store.Read(saved, m.States, 1<<12, chunk); err != nil {
			return err
		}
		c.buf = c.buf[:0]
		for _, w := range chunk {
			c.buf = binary.LittleEndian.AppendUint64(c.buf, w)
		}
		if _, err := c.f.WriteAt(c.buf, saved*words*8); err != nil {
			return err
		}
		sum = crc32.Update(sum, castagnoli, c.buf)
		saved += int64(len(chunk)) / words
	}
	if err := c.f.Sync(); err != nil {
		return err
	}
	m.Checksum, m.Seconds = sum, c.before+time.Since(c.begin).Seconds()
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	body = append(body, fmt.Sprintf("\n%x\n", sha256.Sum256(body))...)
	if err := replaceFile(filepath.Join(c.dir, manifestFile), body); err != nil {
		return err
	}
	c.saved, c.checksum = saved, sum
	return nil
}

// replaceFile replaces a file as a whole, or not at all.
func replaceFile(name string, body []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+tempSuffix)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = f.Write(body)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return err
	}
	d, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// sameDir reports whether two paths lead to one directory.
func sameDir(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}

func (c *checkpoints) close() {
	if c != nil && c.f != nil {
		c.f.Close()
	}
}

// readManifest reads what a checkpoint says, and checks that it is whole and of this search.
func readManifest(dir string, s *search) (*manifest, error) {
	name := filepath.Join(dir, manifestFile)
	switch info, err := os.Stat(name); {
	case os.IsNotExist(err):
		return nil, fmt.Errorf("there is none")
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no regular file", manifestFile)
	case info.Size() > maxManifest:
		return nil, fmt.Errorf("%s is larger than %d MiB", manifestFile, maxManifest>>20)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return parseManifest(text, s)
}

// parseManifest takes the text of a checkpoint apart.
func parseManifest(text []byte, s *search) (*manifest, error) {
	body, sum, ok := bytes.Cut(text, []byte("\n"))
	if !ok || strings.TrimSpace(string(sum)) != fmt.Sprintf("%x", sha256.Sum256(body)) {
		return nil, fmt.Errorf("it is torn: %s does not have the checksum that it says", manifestFile)
	}
	m := &manifest{}
	if err := json.Unmarshal(body, m); err != nil {
		return nil, fmt.Errorf("%s: %w", manifestFile, err)
	}
	switch {
	case m.Version != checkpointVersion:
		return nil, fmt.Errorf("it has version %d of the format, this mcheck has %d", m.Version, checkpointVersion)
	case m.Model != s.c.model.Name:
		return nil, fmt.Errorf("it is of another model: of %s, not of %s", m.Model, s.c.model.Name)
	case m.Identity != s.id:
		return nil, fmt.Errorf("it is of another model: %s has changed since, or is built by other options", m.Model)
	case !m.sound(s):
		return nil, fmt.Errorf("%s does not make sense: its numbers contradict each other", manifestFile)
	}
	return m, nil
}

// sound reports whether the numbers may be those of s at some moment, so that nothing goes wrong on
// the way back there. Whoever damages a checkpoint and mends its checksum can still make s say what
// is not so.
func (m *manifest) sound(s *search) bool {
	n := len(m.Starts)
	if m.Words != s.c.layout.Words || n < 2 || m.Starts[0] != 0 || !slices.IsSorted(m.Starts) || m.Starts[n-1] > m.States || m.States > math.MaxInt64/8/int64(m.Words) {
		return false
	}
	if m.Cursor < m.Starts[n-2] || m.Cursor > m.Starts[n-1] || len(m.Levels) != n-2 {
		return false
	}
	if len(m.Fired) != len(s.res.Fired) || len(m.Situations) != len(s.res.Properties) || len(m.Goals) != len(s.goals) {
		return false
	}
	for _, g := range m.Goals {
		outside := func(at int64) bool { return at < 0 || at >= m.States }
		if g.Level < 0 || g.Level > n || len(g.Outside)%m.Words != 0 || slices.ContainsFunc(g.Positions, outside) {
			return false
		}
	}
	return true
}

// resume goes back to where the search was that wrote the checkpoint in dir.
func (s *search) resume(dir string) (*manifest, error) {
	m, err := readManifest(dir, s)
	if err == nil {
		err = s.load(filepath.Join(dir, statesFile), m)
	}
	if err != nil {
		return nil, &CheckpointError{dir, wording(err)}
	}
	s.restore(m)
	return m, nil
}

// restore makes what the search knows, but for the states, what m says.
func (s *search) restore(m *manifest) {
	s.starts = m.Starts
	s.generated.Store(m.Generated)
	r := s.res
	r.Initial, r.Transitions, r.Rest, r.Fired, r.Levels = m.Initial, m.Transitions, m.Rest, m.Fired, m.Levels
	for i := range r.Properties {
		r.Properties[i].Situations = m.Situations[i]
	}
	for i, g := range m.Goals {
		*s.goals[i] = goal{level: g.Level, positions: g.Positions, outside: g.Outside}
	}
	if m.Missed != nil {
		// What was missed then is missed for good, whatever the store is now.
		if r.Missed == nil {
			r.Missed = m.Missed
		} else {
			r.Missed.Bound = min(1, r.Missed.Bound+m.Missed.Bound)
		}
	}
}

// load inserts the states of a checkpoint, each at its position.
func (s *search) load(name string, m *manifest) error {
	if info, err := os.Stat(name); err != nil {
		return err
	} else if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file", statesFile)
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	size := m.States * int64(m.Words) * 8
	if info, err := f.Stat(); err != nil {
		return err
	} else if info.Size() < size {
		return fmt.Errorf("it is torn: %s has %d bytes of %d", statesFile, info.Size(), size)
	}
	in := bufio.NewReaderSize(io.LimitReader(f, size), 1<<20)
	sum := uint32(0)
	buf := make([]byte, 8*m.Words*128)
	batch := make([]uint64, len(buf)/8)
	w := s.workers[0]
	for left := size; left > 0; {
		b := buf[:min(int64(len(buf)), left)]
		if _, err := io.ReadFull(in, b); err != nil {
			return err
		}
		sum = crc32.Update(sum, castagnoli, b)
		words := batch[:len(b)/8]
		for i := range words {
			words[i] = binary.LittleEndian.Uint64(b[8*i:])
		}
		if err := s.store.Insert(words, &w.scratch); err != nil {
			return err
		}
		left -= int64(len(b))
	}
	switch {
	case sum != m.Checksum:
		return fmt.Errorf("it is torn: the states do not have the checksum that it says")
	case s.store.Len() != m.States:
		return fmt.Errorf("%d of its states can't be told from others by this hash: take another seed, or another store", m.States-s.store.Len())
	}
	return nil
}
