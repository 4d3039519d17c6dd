package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersion(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "print the version, the commit it was built from and the Go version",
		Args:  atMost(0, ""),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(c.stdout, versionText(debug.ReadBuildInfo()))
			return fail(exitScenario, err)
		},
	}
}

// versionText describes a build: "mcheck v1.2.3 (0123456789ab, modified) go1.26".
func versionText(info *debug.BuildInfo, ok bool) string {
	if !ok {
		return "mcheck (built without module information)"
	}
	version, revision, modified := info.Main.Version, "", ""
	if version == "" {
		version = "(devel)"
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value[:min(12, len(s.Value))]
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = ", modified"
		}
	}
	if revision != "" {
		version += " (" + revision + modified + ")"
	}
	return "mcheck " + version + " " + info.GoVersion
}
