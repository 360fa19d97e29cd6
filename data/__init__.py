"""Everything below the screens: domain, storage, live state, feeds."""
