package yolov5

import (
	"slices"
	"strconv"
	"strings"
)

// AtLeast compares versions by their numbers: "1.13.0a0+cu117" is at least
// "1.13". What is no version is not.
func AtLeast(version, least string) bool {
	return compareVersions(version, least) >= 0 && len(versionNumbers(version)) > 0
}

func compareVersions(a, b string) int {
	x, y := versionNumbers(a), versionNumbers(b)
	n := max(len(x), len(y))
	// 1.13 is 1.13.0.
	x, y = append(x, make([]int, n-len(x))...), append(y, make([]int, n-len(y))...)
	return slices.Compare(x, y)
}

// versionNumbers are the numbers up front: 1.13.0a0+cu117 has 1, 13, 0.
func versionNumbers(version string) []int {
	var numbers []int
	for part := range strings.SplitSeq(version, ".") {
		end := 0
		for end < len(part) && isDigit(part[end]) {
			end++
		}
		n, err := strconv.Atoi(part[:end])
		if err != nil || n > 1_000_000 {
			break
		}
		numbers = append(numbers, n)
		if end < len(part) {
			break
		}
	}
	return numbers
}
