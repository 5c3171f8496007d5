package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// tries is how several attempts of the same came out.
type tries struct {
	Attempts int `json:"attempts"`
	Failed   int `json:"failed"`
	// MedianMs is of the attempts that succeeded, in milliseconds; 0 when none did.
	MedianMs float64 `json:"medianMs"`
	// TimesUs are theirs, in microseconds, in order.
	TimesUs []int64 `json:"timesUs"`
	// Error is of the last attempt that failed.
	Error string `json:"error,omitempty"`
}

// tryPause lies between two attempts.
const tryPause = 20 * time.Millisecond

// tryCommand opens connections, or asks for a page by one connection each, one after another.
func tryCommand(flags *flag.FlagSet, args []string) (tries, error) {
	n := flags.Int("n", 5, "attempts")
	timeout := flags.Duration("timeout", 5*time.Second, "of each attempt")
	if err := parse(flags, args); err != nil {
		return tries{}, err
	}
	if flags.NArg() != 1 || *n < 1 || *n > 1000 {
		return tries{}, fmt.Errorf("%w: traffic try [-n 1..1000] [-timeout DURATION] ADDRESS:PORT | http://NAME/", errUsage)
	}
	target := flags.Arg(0)
	attempt := func() error { return openOnce(target, *timeout) }
	if strings.HasPrefix(target, "http://") {
		attempt = func() error { return getOnce(target, *timeout) }
	}
	return try(*n, attempt), nil
}

func try(n int, attempt func() error) tries {
	result := tries{Attempts: n, TimesUs: []int64{}}
	for i := range n {
		if i > 0 {
			time.Sleep(tryPause)
		}
		start := time.Now()
		if err := attempt(); err != nil {
			result.Failed++
			result.Error = err.Error()
		} else {
			result.TimesUs = append(result.TimesUs, time.Since(start).Microseconds())
		}
	}
	if len(result.TimesUs) > 0 {
		sorted := slices.Sorted(slices.Values(result.TimesUs))
		result.MedianMs = float64(sorted[len(sorted)/2]) / 1000
	}
	return result
}

func openOnce(to string, timeout time.Duration) error {
	conn, err := net.DialTimeout("tcp", to, timeout)
	if err != nil {
		return err
	}
	return conn.Close()
}

func getOnce(url string, timeout time.Duration) error {
	client := http.Client{Timeout: timeout, Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get(url)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s", url, answer.Status)
	}
	return nil
}
