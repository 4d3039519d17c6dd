// Package scenarios holds the built-in scenarios: reproducers as shell scripts, one situation each.
//
// The package imports nothing of ours; spec/scenario reads the scripts.
package scenarios

import "embed"

// FS holds NAME.sh for each scenario NAME.
//
//go:embed *.sh
var FS embed.FS
