"""The outside world that sends data. One module a provider; each declares its terms or does not load."""
