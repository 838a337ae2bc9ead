"""callclip firmware: hears a call's levels and events, prompts by LED, never keeps audio."""

VERSION = "0.1.0"
