"""Words and pictures: the brief, the terminal view, and the checks that keep them honest."""
