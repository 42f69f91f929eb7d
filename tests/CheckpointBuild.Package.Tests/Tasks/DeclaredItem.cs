using System.Collections;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace CheckpointBuild.Package.Tests.Tasks;

/// <summary>An item that knows where it is declared, as items of a real build do.</summary>
/// <param name="item">The item.</param>
/// <param name="declaredIn">The project file.</param>
internal sealed class DeclaredItem(TaskItem item, string declaredIn) : ITaskItem
{
    public string ItemSpec { get => item.ItemSpec; set => item.ItemSpec = value; }

    public ICollection MetadataNames => item.MetadataNames;

    public int MetadataCount => item.MetadataCount;

    public string GetMetadata(string metadataName) => metadataName == "DefiningProjectFullPath" ? declaredIn : item.GetMetadata(metadataName);

    public void SetMetadata(string metadataName, string metadataValue) => item.SetMetadata(metadataName, metadataValue);

    public void RemoveMetadata(string metadataName) => item.RemoveMetadata(metadataName);

    public void CopyMetadataTo(ITaskItem destinationItem) => item.CopyMetadataTo(destinationItem);

    public IDictionary CloneCustomMetadata() => item.CloneCustomMetadata();
}
