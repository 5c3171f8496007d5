package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestCommandsAreAnsweredByTheirNumbers(t *testing.T) {
	in := strings.NewReader(`{"id":1,"args":["send","-flow","a b"]}` + "\n" +
		`{"id":2,"args":["try","-n","1","127.0.0.1:1"]}` + "\n" + `{"id":3,"args":["serve"]}` + "\n")
	var out bytes.Buffer
	if err := control(in, &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	slices.SortFunc(lines, strings.Compare)
	if len(lines) != 3 {
		t.Fatalf("%q", lines)
	}
	var refused, tried, unknown struct {
		ID     int
		Result *tries
		Error  string
	}
	for i, to := range []any{&refused, &tried, &unknown} {
		if err := json.Unmarshal([]byte(lines[i]), to); err != nil {
			t.Fatal(err)
		}
	}
	if refused.ID != 1 || !strings.Contains(refused.Error, "usage") || refused.Result != nil {
		t.Errorf("%+v", refused)
	}
	if tried.ID != 2 || tried.Error != "" || tried.Result == nil || tried.Result.Failed != 1 {
		t.Errorf("%+v", tried)
	}
	if unknown.ID != 3 || !strings.Contains(unknown.Error, "serve") {
		t.Errorf("%+v", unknown)
	}
}
