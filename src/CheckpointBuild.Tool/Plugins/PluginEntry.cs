using System;
using System.IO;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using CheckpointBuild.Building.Plugins;

namespace CheckpointBuild.Tool.Plugins;

/// <summary>What an assembly says about its plug-in, read from its metadata: no code of it runs before its version is known.</summary>
/// <param name="TypeName">The full name of the entry's class.</param>
/// <param name="SurfaceVersion">The version of the surface that it was compiled against.</param>
internal sealed record PluginEntry(string TypeName, int SurfaceVersion)
{
    // The prolog of every custom attribute's value (ECMA-335, II.23.3).
    private const ushort Prolog = 1;

    /// <summary>Looks for the attribute that names a plug-in's entry.</summary>
    /// <param name="path">A file that may be an assembly.</param>
    /// <returns>The entry; null for an assembly without one, and for what is no assembly.</returns>
    public static PluginEntry? Find(string path)
    {
        try
        {
            using var file = new PEReader(File.OpenRead(path));
            if (!file.HasMetadata || file.GetMetadataReader() is not { IsAssembly: true } metadata)
            {
                return null;
            }

            foreach (CustomAttributeHandle handle in metadata.GetAssemblyDefinition().GetCustomAttributes())
            {
                CustomAttribute attribute = metadata.GetCustomAttribute(handle);
                if (IsOurs(metadata, attribute))
                {
                    return Read(metadata.GetBlobReader(attribute.Value));
                }
            }

            return null;
        }
        catch (BadImageFormatException)
        {
            return null;
        }
    }

    private static bool IsOurs(MetadataReader metadata, CustomAttribute attribute)
    {
        if (attribute.Constructor.Kind != HandleKind.MemberReference || metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is not { Kind: HandleKind.TypeReference } parent)
        {
            return false;
        }

        TypeReference type = metadata.GetTypeReference((TypeReferenceHandle)parent);
        return metadata.StringComparer.Equals(type.Name, nameof(CheckpointPluginAttribute)) && metadata.StringComparer.Equals(type.Namespace, typeof(CheckpointPluginAttribute).Namespace!);
    }

    // typeof(X) is written as X's full name; some compilers add the assembly's behind a comma.
    private static PluginEntry? Read(BlobReader value) =>
        value.ReadUInt16() == Prolog && value.ReadSerializedString() is { } type ? new PluginEntry(type.Split(',')[0], value.ReadInt32()) : null;
}
