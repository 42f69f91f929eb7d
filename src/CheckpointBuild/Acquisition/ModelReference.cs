using System;
using System.Linq;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Acquisition;

/// <summary>A model by name: <c>hf:org/name</c>, or <c>nuget:Id</c>. Everything else that users write where a checkpoint is expected is a path.</summary>
public sealed record ModelReference
{
    private const string HubPrefix = "hf:";
    private const string NuGetPrefix = "nuget:";

    // The Hub's own limit for organization and name together.
    private const int LongestName = 96;

    private ModelReference(ModelOrigin origin, string name)
    {
        Origin = origin;
        Name = name;
    }

    /// <summary>Where it comes from.</summary>
    public ModelOrigin Origin { get; }

    /// <summary><c>org/name</c>, or the package's id.</summary>
    public string Name { get; }

    /// <summary>What a product of it is called: the name without the organization.</summary>
    public string ShortName => Name[(Name.LastIndexOf('/') + 1)..];

    /// <summary>Tells a name from a path.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <returns>The reference; null where the text is a path.</returns>
    /// <exception cref="CheckpointException">CKPT6001 for a name that cannot be one.</exception>
    public static ModelReference? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith(HubPrefix, StringComparison.OrdinalIgnoreCase))
        {
            string name = text[HubPrefix.Length..];
            string[] parts = name.Split('/');
            return parts.Length <= 2 && name.Length <= LongestName && parts.All(IsName)
                ? new ModelReference(ModelOrigin.HuggingFace, name)
                : throw Errors.BadModelName(text, "hf:org/name of letters, digits, '.', '_' and '-'");
        }

        if (text.StartsWith(NuGetPrefix, StringComparison.OrdinalIgnoreCase))
        {
            string id = text[NuGetPrefix.Length..];
            return id.Length <= LongestName && IsName(id)
                ? new ModelReference(ModelOrigin.NuGet, id)
                : throw Errors.BadModelName(text, "nuget:Id, the id of a package");
        }

        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => (Origin == ModelOrigin.HuggingFace ? HubPrefix : NuGetPrefix) + Name;

    // What is checked here goes into paths of the cache and of URLs as it is.
    private static bool IsName(string part) =>
        part.Length > 0 && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
        && part[0] is not ('-' or '.') && part[^1] is not ('-' or '.')
        && !part.Contains("..", StringComparison.Ordinal) && !part.Contains("--", StringComparison.Ordinal);
}
