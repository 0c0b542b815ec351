"""One module a provider of coded events: what it publishes, under which terms, and how its rows become ours."""
