"""The nouns: frozen, checked at construction, standard library only. No I/O, no clock."""
