using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Threading;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tool.Packages;
using NuGet.Packaging.Licenses;
using NuGet.Versioning;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt pack CHECKPOINT --id ID --version V --output DIR</c>: puts a model into NuGet packages, with a manifest of its files' hashes.</summary>
internal sealed class PackVerb() : Verb("pack")
{
    // No feed that is known takes more than this; a folder or a server of one's own may.
    private const long Unlimited = long.MaxValue / 4;

    private readonly Option<string> _id = new("--id") { Description = "The package's id.", Required = true };
    private readonly Option<string> _version = new("--version") { Description = "The package's version.", Required = true };
    private readonly Option<string> _license = new("--license") { Description = "The model's licence, an SPDX expression such as Apache-2.0." };
    private readonly Option<string> _authors = new("--authors") { Description = "Who made the model; default: the id's first part." };
    private readonly Option<string> _readme = new("--readme") { Description = "A Markdown file; default: the checkpoint's README.md, or a few lines about the package." };
    private readonly Option<string> _most = new("--max-package-size") { Description = "The most bytes of one package, such as 250MB: further files, or parts of them, go into Id.Part2 and so on." };

    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        Argument<string> checkpoint = CheckpointArgument();
        Option<string> output = OutputOption();
        var command = new Command(Name, "Packs a model for NuGet feeds.") { checkpoint, _id, _version, _license, _authors, _readme, _most, output };
        SetAction(command, (parsed, cancellation) =>
        {
            CheckpointLocation source = Locate(parsed, checkpoint, streams, cancellation);
            using CheckpointDirectory directory = CheckpointDirectory.Open(source);
            string name = Dialect.Detect(directory).Read(directory).Name;
            string id = ModelReference.Parse("nuget:" + parsed.GetRequiredValue(_id))!.Name;
            IEnumerable<PackedFile> files = Files(directory).Select(path =>
            {
                cancellation.ThrowIfCancellationRequested();
                return Describe(directory, path, cancellation);
            });
            PackageDescription description = Describe(parsed, id, directory);
            PackageManifest manifest = PackageLayout.Divide(description, new PackageManifest(name, description.License, [.. files]), Most(parsed));
            foreach (string package in new PackageWriter(directory.Folder, description).Write(Path.GetFullPath(parsed.GetRequiredValue(output)), manifest, cancellation))
            {
                streams.Output.WriteLine(package);
            }
        });
        return command;
    }

    // What was fetched is held against what its source states: a package must not make damage the truth.
    private static PackedFile Describe(CheckpointDirectory directory, string path, CancellationToken cancellation)
    {
        using var source = new FileSource(Path.Combine(directory.Folder, path));
        string found = FileDigest.Sha256(source, cancellation);
        return directory.ExpectedSha256(path) is { } expected && expected != found ? throw Errors.SourceNotAsLocked(source.Name, found, expected) : new PackedFile(path, source.Length, found, []);
    }

    // What a folder holds beside the model: hidden files are version control's and the downloader's, a report names paths of this machine, a package is what was packed before.
    private static IEnumerable<string> Files(CheckpointDirectory directory) => directory.File is { } one
        ? [one]
        : Directory.EnumerateFiles(directory.Folder, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(directory.Folder, f).Replace('\\', '/'))
            .Where(f => !f.Split('/').Any(part => part.StartsWith('.')) && !BuildReport.IsReport(f) && !f.EndsWith(".nupkg", StringComparison.OrdinalIgnoreCase) && directory.Holds(f))
            .Order(StringComparer.Ordinal);

    private string? License(ParseResult parsed)
    {
        try
        {
            return parsed.GetValue(_license) is { } text ? NuGetLicenseExpression.Parse(text).ToString() : null;
        }
        catch (NuGetLicenseExpressionParsingException e)
        {
            throw Errors.BadLicense(parsed.GetValue(_license)!, e.Message);
        }
    }

    private long Most(ParseResult parsed) =>
        parsed.GetValue(_most) is { } text ? RecipeField.ParseSize(text, "max-package-size") : Unlimited;

    private PackageDescription Describe(ParseResult parsed, string id, CheckpointDirectory directory)
    {
        string text = parsed.GetRequiredValue(_version);
        string version = NuGetVersion.TryParse(text, out NuGetVersion? parsedVersion) ? parsedVersion.ToNormalizedString() : throw Errors.BadPackageVersion($"nuget:{id}", text);
        string card = Path.Combine(directory.Folder, "README.md");
        string readme = parsed.GetValue(_readme) is { } file ? TextLines.ReadAll(file)
            : File.Exists(card) && directory.File is null ? TextLines.ReadAll(card)
            : $"# {id}\n\nA model for CheckpointBuild. In a project:\n\n    <ModelCheckpoint Include=\"nuget:{id}\" Version=\"{version}\" Engine=\"gguf\" />\n";
        return new PackageDescription(id, version, License(parsed), parsed.GetValue(_authors) ?? id.Split('.')[0], readme);
    }
}
