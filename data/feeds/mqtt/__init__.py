"""The MQTT 5 way in: acknowledged after the commit, for several processes, for other vendors."""
