namespace CheckpointBuild.Building;

/// <summary>A file of an earlier product in the store, whose tensors a later one may take over.</summary>
/// <param name="ProductKey">The product's content key.</param>
/// <param name="FullPath">Where the file lies.</param>
/// <param name="File">What the product's report says of it.</param>
internal sealed record EarlierFile(string ProductKey, string FullPath, BuiltFile File);
