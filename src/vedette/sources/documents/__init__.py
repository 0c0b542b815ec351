"""Documents from files, folders, addresses, feeds and messages. Nothing in a document is run, nothing else fetched."""
