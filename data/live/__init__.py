"""The present in Redis: keys, snapshot, event stream, rebuild."""
