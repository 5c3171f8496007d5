module squall.dev/e2e/lab/pause

go 1.24.0
