package explorer

import (
	"math"
	"math/bits"
)

// counter counts how many different hashes it is given: exactly up to a number, beyond it by
// HyperLogLog (Flajolet et al., 2007), with a standard error of 1.04 / √registers, 0.8 per cent.
// The zero counter is empty.
type counter struct {
	exact     map[uint64]struct{} // nil once registers is used
	registers []uint8
}

const (
	countedExactly = 1 << 14
	registerBits   = 14
)

// mix is a permutation of the words in which every bit of the argument matters to every bit of the
// result (the finalizer of SplitMix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (c *counter) add(hash uint64) {
	if c.registers != nil {
		c.register(hash)
		return
	}
	if c.exact == nil {
		c.exact = map[uint64]struct{}{}
	}
	c.exact[hash] = struct{}{}
	if len(c.exact) > countedExactly {
		c.registers = make([]uint8, 1<<registerBits)
		for h := range c.exact {
			c.register(h)
		}
		c.exact = nil
	}
}

// register notes the position of the first one in the hash, in the register that its highest bits
// choose.
func (c *counter) register(hash uint64) {
	i := hash >> (64 - registerBits)
	rank := uint8(bits.LeadingZeros64(hash<<registerBits|1<<(registerBits-1)) + 1)
	c.registers[i] = max(c.registers[i], rank)
}

// merge adds what o was given.
func (c *counter) merge(o *counter) {
	if o.registers != nil && c.registers == nil {
		exact := c.exact
		*c = counter{registers: make([]uint8, 1<<registerBits)}
		for h := range exact {
			c.register(h)
		}
	}
	for i, r := range o.registers {
		c.registers[i] = max(c.registers[i], r)
	}
	for h := range o.exact {
		c.add(h)
	}
}

// count returns the number, and whether it is exact but for hashes that are equal by chance.
func (c *counter) count() (n int64, exact bool) {
	if c.registers == nil {
		return int64(len(c.exact)), true
	}
	const m = 1 << registerBits
	sum, zeros := 0.0, 0
	for _, r := range c.registers {
		sum += math.Exp2(-float64(r))
		if r == 0 {
			zeros++
		}
	}
	estimate := 0.7213 / (1 + 1.079/m) * m * m / sum
	if estimate <= 2.5*m && zeros > 0 {
		estimate = m * math.Log(float64(m)/float64(zeros)) // linear counting
	}
	return int64(math.Round(estimate)), false
}
