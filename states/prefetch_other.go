//go:build !amd64 && !arm64

package states

func prefetch(*uint64) {}
