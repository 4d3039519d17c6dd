package states

import "math/bits"

// Odd constants with about half of their bits set; any would do.
const (
	k0 = 0x9e3779b97f4a7c15
	k1 = 0xbf58476d1ce4e5b9
	k2 = 0x94d049bb133111eb
	k3 = 0xd6e8feb86659fd93
)

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// Hash returns a 64-bit hash of a packed state: 64 x 64 → 128 bit products folded by exclusive or,
// two words at a time.
func Hash(w []uint64) uint64 {
	switch len(w) {
	case 1:
		return mix(mix(w[0]^k0, k1), k2)
	case 2:
		return mix(mix(w[0]^k0, w[1]^k1)^k3, k2)
	}
	h := uint64(k3) ^ uint64(len(w))
	for len(w) >= 2 {
		h = mix(w[0]^k0^h, w[1]^k1)
		w = w[2:]
	}
	if len(w) == 1 {
		h = mix(w[0]^k0^h, k1)
	}
	return mix(h^k3, k2)
}
