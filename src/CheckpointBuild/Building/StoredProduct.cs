using System;

namespace CheckpointBuild.Building;

/// <summary>An entry of a store as an inventory sees it.</summary>
/// <param name="Key">Its content key.</param>
/// <param name="Directory">Its folder.</param>
/// <param name="Name">What the product is called; null where its report cannot be read.</param>
/// <param name="Engine">The dialect of the product; null where its report cannot be read.</param>
/// <param name="Bytes">Bytes of all its files, the report included.</param>
/// <param name="LastUse">When a build last wanted it, in UTC.</param>
public sealed record StoredProduct(string Key, string Directory, string? Name, string? Engine, long Bytes, DateTime LastUse);
