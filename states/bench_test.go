package states

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mcheck/internal/cputime"
)

// BenchmarkInsert fills a store with 4 million states, each of which comes once more when it is
// long since cold.
func BenchmarkInsert(b *testing.B) {
	for _, kind := range []Kind{KindWhole, KindIndex, KindTree} {
		for _, width := range []int{1, 2, 3, 7} {
			b.Run(fmt.Sprint(kind, " ", width), func(b *testing.B) {
				const n = 4 << 20
				batch := make([]uint64, MaxBatch*width)
				inserted, spent := 0, time.Duration(0)
				for b.Loop() {
					s, err := Open(Config{Kind: kind, Width: width, Last: 40, Callers: 1})
					require.NoError(b, err)
					var scratch Scratch
					begin := cputime.Now()
					for i := uint64(0); i < n; i += MaxBatch / 2 {
						for k := range uint64(MaxBatch) {
							x := i + k/2 // the one that is new
							if k%2 != 0 {
								x = (i + k) * k1 % (i + 1) // one of all
							}
							w := batch[int(k)*width:]
							w[0] = Live | x<<8
							if width > 1 {
								w[width-1] = x * 5
							}
						}
						require.NoError(b, s.Insert(batch, &scratch))
					}
					spent += cputime.Now() - begin
					inserted += 2 * n
					s.Close()
				}
				b.ReportMetric(float64(spent)/float64(inserted), "CPU-ns/insert")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
