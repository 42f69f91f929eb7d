using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace CheckpointBuild.Package.Tests.Tasks;

/// <summary>Reads the member references of an assembly, and the members of a reference assembly, as text.</summary>
internal static class MemberReferences
{
    /// <summary>The names of the assemblies that an assembly references.</summary>
    internal static IEnumerable<string> Assemblies(string path) => Read(path, reader => reader.AssemblyReferences.Select(r => reader.GetString(reader.GetAssemblyReference(r).Name)).ToList());

    /// <summary>The members that an assembly calls outside itself.</summary>
    internal static IEnumerable<(string Assembly, string Member)> Called(string path) => Read(path, reader =>
    {
        var called = new List<(string, string)>();
        foreach (MemberReference member in reader.MemberReferences.Select(reader.GetMemberReference))
        {
            if (TypeOf(reader, member.Parent) is { } type)
            {
                called.Add((type.Assembly, $"{type.Name}::{reader.GetString(member.Name)}{Signature(reader, member)}"));
            }
        }

        return called;
    });

    /// <summary>The members that a reference assembly declares, or takes from another one under the name of its own.</summary>
    internal static HashSet<string> Declared(string path) => Read(path, reader =>
    {
        var members = new HashSet<string>(StringComparer.Ordinal);
        foreach (TypeDefinition type in reader.TypeDefinitions.Select(reader.GetTypeDefinition))
        {
            string name = NameOf(reader, type);
            foreach (MethodDefinition method in type.GetMethods().Select(reader.GetMethodDefinition))
            {
                members.Add($"{name}::{reader.GetString(method.Name)}{SignatureText.Of(method.DecodeSignature(SignatureText.Provider, null))}");
            }

            foreach (FieldDefinition field in type.GetFields().Select(reader.GetFieldDefinition))
            {
                members.Add($"{name}::{reader.GetString(field.Name)} : {field.DecodeSignature(SignatureText.Provider, null)}");
            }
        }

        return members;
    });

    private static string Signature(MetadataReader reader, MemberReference member) => member.GetKind() == MemberReferenceKind.Field
        ? " : " + member.DecodeFieldSignature(SignatureText.Provider, null)
        : SignatureText.Of(member.DecodeMethodSignature(SignatureText.Provider, null));

    // A member of a generic type is called through a specification of it.
    private static (string Assembly, string Name)? TypeOf(MetadataReader reader, EntityHandle parent) => parent.Kind switch
    {
        HandleKind.TypeReference => Resolve(reader, (TypeReferenceHandle)parent),
        HandleKind.TypeSpecification => GenericOf(reader, reader.GetTypeSpecification((TypeSpecificationHandle)parent)),
        _ => null,
    };

    private static (string Assembly, string Name)? GenericOf(MetadataReader reader, TypeSpecification specification)
    {
        string text = specification.DecodeSignature(SignatureText.Provider, null);
        int arguments = text.IndexOf('<', StringComparison.Ordinal);
        string name = arguments > 0 ? text[..arguments] : text;
        foreach (TypeReferenceHandle handle in reader.TypeReferences)
        {
            if (SignatureText.NameOf(reader, handle) == name)
            {
                return Resolve(reader, handle);
            }
        }

        return null;
    }

    private static (string Assembly, string Name)? Resolve(MetadataReader reader, TypeReferenceHandle handle)
    {
        TypeReference type = reader.GetTypeReference(handle);
        while (type.ResolutionScope.Kind == HandleKind.TypeReference)
        {
            type = reader.GetTypeReference((TypeReferenceHandle)type.ResolutionScope);
        }

        return type.ResolutionScope.Kind == HandleKind.AssemblyReference
            ? (reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name), SignatureText.NameOf(reader, handle))
            : null;
    }

    private static string NameOf(MetadataReader reader, TypeDefinition type) =>
        (type.IsNested ? NameOf(reader, reader.GetTypeDefinition(type.GetDeclaringType())) + "/" : Prefix(reader.GetString(type.Namespace))) + reader.GetString(type.Name);

    private static string Prefix(string ns) => ns.Length > 0 ? ns + "." : "";

    private static T Read<T>(string path, Func<MetadataReader, T> read)
    {
        using var file = new PEReader(File.OpenRead(path));
        return read(file.GetMetadataReader());
    }
}
