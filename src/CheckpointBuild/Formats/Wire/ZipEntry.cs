namespace CheckpointBuild.Formats.Wire;

/// <summary>One record of a zip archive.</summary>
/// <param name="Name">Its name, with '/'.</param>
/// <param name="IsDeflated">Whether its bytes are compressed.</param>
/// <param name="Crc">The CRC-32 of its bytes; 0 also where its writer computed none.</param>
/// <param name="StoredSize">Its bytes in the archive.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="HeaderOffset">The first byte of its local header.</param>
/// <param name="DataOffset">The first byte of its data.</param>
internal sealed record ZipEntry(string Name, bool IsDeflated, uint Crc, long StoredSize, long Size, long HeaderOffset, long DataOffset);
