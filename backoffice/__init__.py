"""The back office: pages for consultants, public pages by signed links, the live stream."""
