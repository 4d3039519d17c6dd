package explorer

// publish lets other goroutines see where the levels begin that are known; nobody writes to starts
// afterwards, but appends to it.
func (s *search) publish(starts []int64) { s.reached.Store(&starts) }

// levelSizes returns how many states each level has whose states are all known.
func (s *search) levelSizes() []int64 {
	starts := s.reached.Load()
	if starts == nil {
		return nil
	}
	var sizes []int64
	for i := 1; i < len(*starts); i++ {
		sizes = append(sizes, (*starts)[i]-(*starts)[i-1])
	}
	return sizes
}
