"""Discovery: feeds → pages → candidates; the only code of the project that makes outgoing requests."""
