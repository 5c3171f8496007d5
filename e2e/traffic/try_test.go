package main

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestTheMedianIsOfTheAttemptsThatSucceeded(t *testing.T) {
	calls := 0
	got := try(5, func() error {
		calls++
		if calls%2 == 0 {
			return errors.New("no answer")
		}
		time.Sleep(10 * time.Millisecond)
		return nil
	})
	if got.Attempts != 5 || got.Failed != 2 || len(got.TimesUs) != 3 || got.MedianMs < 10 || got.Error != "no answer" {
		t.Errorf("%+v", got)
	}
}

func TestConnectionsAndPagesAreTried(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
		}
	}))
	defer web.Close()
	if err := getOnce(web.URL+"/", time.Second); err != nil {
		t.Error(err)
	}
	if getOnce(web.URL+"/missing", time.Second) == nil {
		t.Error("a page that is not there was taken")
	}
	address := web.Listener.Addr().String()
	if err := openOnce(address, time.Second); err != nil {
		t.Error(err)
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	if openOnce(closed.Addr().String(), time.Second) == nil {
		t.Error("a port that nobody listens at was opened")
	}
}
