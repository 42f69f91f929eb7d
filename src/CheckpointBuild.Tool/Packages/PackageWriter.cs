using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Xml.Linq;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Tool.Packages;

/// <summary>Writes a model as NuGet packages. Contents are stored, not compressed: weights do not shrink, and a package of gigabytes should cost no more than a copy. The same input gives the same bytes.</summary>
/// <remarks>A package is a zip with a nuspec and the parts of the Open Packaging Conventions: https://learn.microsoft.com/nuget/reference/nuspec.</remarks>
/// <param name="folder">Where the model's files lie.</param>
/// <param name="description">What the packages say about themselves.</param>
internal sealed class PackageWriter(string folder, PackageDescription description)
{
    private static readonly XNamespace Nuspec = "http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd";
    private static readonly XNamespace Types = "http://schemas.openxmlformats.org/package/2006/content-types";
    private static readonly XNamespace Relations = "http://schemas.openxmlformats.org/package/2006/relationships";

    // The first moment that a zip entry can have: a package must not depend on when it was written.
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Of files whose last piece is not packed yet.
    private readonly Dictionary<string, IncrementalHash> _hashes = new(StringComparer.Ordinal);

    /// <summary>Writes the packages.</summary>
    /// <param name="output">The folder that gets them.</param>
    /// <param name="manifest">What they hold.</param>
    /// <param name="cancellation">Looked at between pieces.</param>
    /// <exception cref="CheckpointException">CKPT4002 when a package cannot be written, CKPT7008 when a file changed since it was hashed.</exception>
    /// <returns>The packages, the first one last, so that a feed that got all before it has everything.</returns>
    public IReadOnlyList<string> Write(string output, PackageManifest manifest, CancellationToken cancellation)
    {
        string[] parts = [.. manifest.Files.SelectMany(f => f.Pieces).Select(p => p.Package).Where(p => p.Length > 0).Distinct(StringComparer.Ordinal)];
        var written = new List<string>();
        try
        {
            // In the order of the pieces, so that each file is hashed once over all of its packages.
            foreach (string part in parts.Prepend(""))
            {
                written.Add(WriteOne(output, part, manifest, part.Length == 0 ? parts : [], cancellation));
            }
        }
        catch (CheckpointException)
        {
            written.ForEach(File.Delete);
            throw;
        }

        return [.. written.Skip(1), written[0]];
    }

    private string WriteOne(string output, string part, PackageManifest manifest, string[] dependencies, CancellationToken cancellation)
    {
        string id = part.Length == 0 ? description.Id : part;
        string path = Path.Combine(output, $"{id}.{description.Version}.nupkg");
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(output);
            using (ZipArchive zip = ZipFile.Open(temporary, ZipArchiveMode.Create))
            {
                Add(zip, $"{id}.nuspec", Xml(Specification(id, dependencies)));
                Add(zip, "[Content_Types].xml", Xml(ContentTypes(manifest)));
                Add(zip, "_rels/.rels", Xml(Relationships(id)));
                Add(zip, "readme.md", Encoding.UTF8.GetBytes(part.Length == 0 ? description.Readme : $"# {id}\n\nA part of the model {description.Id}, which brings it along.\n"));
                if (part.Length == 0)
                {
                    Add(zip, PackageManifest.Path, manifest.ToBytes());
                }

                AddPieces(zip, part, manifest, cancellation);
            }

            File.Move(temporary, path, overwrite: true);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CannotWrite(path, e);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private void AddPieces(ZipArchive zip, string part, PackageManifest manifest, CancellationToken cancellation)
    {
        byte[] buffer = new byte[1 << 20];
        foreach (PackedFile file in manifest.Files.Where(f => f.Pieces.Any(p => p.Package == part)))
        {
            using var source = new FileSource(Path.Combine(folder, file.Path));
            long offset = 0;
            foreach (PackedPiece piece in file.Pieces)
            {
                if (piece.Package == part)
                {
                    using Stream target = Entry(zip, piece.Path).Open();
                    for (long at = offset; at < offset + piece.Size;)
                    {
                        cancellation.ThrowIfCancellationRequested();
                        Span<byte> next = buffer.AsSpan(0, (int)Math.Min(offset + piece.Size - at, buffer.Length));
                        source.Read(at, next);
                        Hash(file).AppendData(next);
                        target.Write(next);
                        at += next.Length;
                    }
                }

                offset += piece.Size;
            }

            if (file.Pieces[^1].Package == part && (source.Length != file.Size || Finish(file) != file.Sha256))
            {
                throw Errors.SourceChanged(source.Name);
            }
        }
    }

    private IncrementalHash Hash(PackedFile file) => _hashes.TryGetValue(file.Path, out IncrementalHash? hash) ? hash : _hashes[file.Path] = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private string Finish(PackedFile file)
    {
        using IncrementalHash hash = Hash(file);
        _hashes.Remove(file.Path);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private XDocument Specification(string id, string[] dependencies) => new(
        new XElement(Nuspec + "package",
            new XElement(Nuspec + "metadata",
                new XElement(Nuspec + "id", id),
                new XElement(Nuspec + "version", description.Version),
                new XElement(Nuspec + "authors", description.Authors),
                new XElement(Nuspec + "description", $"{(id == description.Id ? "A model" : $"A part of {description.Id}, a model")} for CheckpointBuild: ModelCheckpoint Include=\"nuget:{description.Id}\"."),
                description.License is { } license ? new XElement(Nuspec + "license", new XAttribute("type", "expression"), license) : null,
                new XElement(Nuspec + "readme", "readme.md"),
                new XElement(Nuspec + "tags", "checkpointbuild model"),
                new XElement(Nuspec + "packageTypes", new XElement(Nuspec + "packageType", new XAttribute("name", "Dependency"))),
                new XElement(Nuspec + "dependencies", dependencies.Select(d => new XElement(Nuspec + "dependency", new XAttribute("id", d), new XAttribute("version", $"[{description.Version}]")))))));

    private static XDocument ContentTypes(PackageManifest manifest) => new(
        new XElement(Types + "Types",
            new XElement(Types + "Default", new XAttribute("Extension", "rels"), new XAttribute("ContentType", "application/vnd.openxmlformats-package.relationships+xml")),
            manifest.Files.SelectMany(f => f.Pieces).Select(p => Path.GetExtension(p.Path).TrimStart('.')).Concat(["nuspec", "md", "json"]).Where(e => e.Length > 0)
                .Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)
                .Select(e => new XElement(Types + "Default", new XAttribute("Extension", e), new XAttribute("ContentType", "application/octet")))));

    private static XDocument Relationships(string id) => new(
        new XElement(Relations + "Relationships",
            new XElement(Relations + "Relationship", new XAttribute("Type", "http://schemas.microsoft.com/packaging/2010/07/manifest"), new XAttribute("Target", $"/{id}.nuspec"), new XAttribute("Id", "R1"))));

    private static byte[] Xml(XDocument document)
    {
        using var buffer = new MemoryStream();
        using (var writer = System.Xml.XmlWriter.Create(buffer, new System.Xml.XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, NewLineChars = "\n" }))
        {
            document.Save(writer);
        }

        return buffer.ToArray();
    }

    private static void Add(ZipArchive zip, string name, byte[] bytes)
    {
        using Stream target = Entry(zip, name).Open();
        target.Write(bytes);
    }

    private static ZipArchiveEntry Entry(ZipArchive zip, string name)
    {
        // NuGet takes the names in an archive for escaped.
        ZipArchiveEntry entry = zip.CreateEntry(name.Replace("%", "%25", StringComparison.Ordinal), CompressionLevel.NoCompression);
        entry.LastWriteTime = Epoch;
        return entry;
    }
}
