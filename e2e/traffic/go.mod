module squall.dev/e2e/traffic

go 1.24
