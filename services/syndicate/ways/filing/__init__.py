"""Files: an entry as a file that appears whole, in a folder, an object store or by SFTP."""
