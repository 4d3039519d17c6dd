// Package near guesses which name somebody meant who has mistyped it. It imports none of our
// packages.
package near

// longest is the length in bytes of the longest word that is a mistyped name.
const longest = 60

// Hint returns `; did you mean "name"?` for the name that word is likely a mistyping of, else "".
func Hint(word string, names []string) string {
	if n := Name(word, names); n != "" {
		return `; did you mean "` + n + `"?`
	}
	return ""
}

// Name returns the one of names that word is most likely a mistyping of, "" if none is near: a
// letter too much, too few or wrong, or two that have changed places, for each three letters of the
// word.
func Name(word string, names []string) string {
	if len(word) > longest {
		return ""
	}
	best, found := max(1, len(word)/3), ""
	for _, n := range names {
		if d := editDistance(word, n); d > 0 && d <= best && len(n) > d {
			best, found = d-1, n
		}
	}
	return found
}

// editDistance is the optimal string alignment distance.
func editDistance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
