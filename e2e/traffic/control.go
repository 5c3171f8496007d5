package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"io"
	"os"
	"sync"
)

// maxCommand bounds a line of `traffic control`, in bytes.
const maxCommand = 64 << 10

// command is one line of the input of `traffic control`; several may be under way at once.
type command struct {
	ID   int      `json:"id"`
	Args []string `json:"args"`
}

// answer is one line of its output: what the verb would have printed by itself, or its error.
type answer struct {
	ID     int    `json:"id"`
	Result any    `json:"result,omitempty"`
	Error  string `json:"error,omitempty"`
}

// controlCommand runs until stdin ends. To start a program in a container costs an emulated node most of a second;
// this one is started once.
func controlCommand(flags *flag.FlagSet, args []string) error {
	if err := parse(flags, args); err != nil {
		return err
	}
	return control(os.Stdin, os.Stdout)
}

func control(in io.Reader, out io.Writer) error {
	var running sync.WaitGroup
	defer running.Wait()
	var writing sync.Mutex
	to := json.NewEncoder(out)
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, maxCommand), maxCommand)
	for lines.Scan() {
		var c command
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return err
		}
		running.Add(1)
		go func() {
			defer running.Done()
			a := answer{ID: c.ID}
			result, err := perform(c.Args)
			if err != nil {
				a.Error = err.Error()
			} else {
				a.Result = result
			}
			writing.Lock()
			defer writing.Unlock()
			to.Encode(a)
		}()
	}
	return lines.Err()
}
