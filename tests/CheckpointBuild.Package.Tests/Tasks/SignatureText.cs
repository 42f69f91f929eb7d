using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace CheckpointBuild.Package.Tests.Tasks;

/// <summary>Writes signatures as text that is the same for a call and for the declaration.</summary>
internal sealed class SignatureText : ISignatureTypeProvider<string, object?>
{
    internal static SignatureText Provider { get; } = new();

    internal static string Of(MethodSignature<string> signature) =>
        $"{(signature.GenericParameterCount > 0 ? "`" + signature.GenericParameterCount : "")}({string.Join(", ", signature.ParameterTypes)}) : {signature.ReturnType}";

    internal static string NameOf(MetadataReader reader, TypeReferenceHandle handle)
    {
        TypeReference type = reader.GetTypeReference(handle);
        string ns = reader.GetString(type.Namespace);
        string outer = type.ResolutionScope.Kind == HandleKind.TypeReference ? NameOf(reader, (TypeReferenceHandle)type.ResolutionScope) + "/" : ns.Length > 0 ? ns + "." : "";
        return outer + reader.GetString(type.Name);
    }

    public string GetArrayType(string elementType, ArrayShape shape) => $"{elementType}[{new string(',', shape.Rank - 1)}]";

    public string GetByReferenceType(string elementType) => elementType + "&";

    public string GetFunctionPointerType(MethodSignature<string> signature) => "function " + Of(signature);

    public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) => $"{genericType}<{string.Join(", ", typeArguments)}>";

    public string GetGenericMethodParameter(object? genericContext, int index) => "!!" + index;

    public string GetGenericTypeParameter(object? genericContext, int index) => "!" + index;

    public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

    public string GetPinnedType(string elementType) => elementType;

    public string GetPointerType(string elementType) => elementType + "*";

    public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode.ToString();

    public string GetSZArrayType(string elementType) => elementType + "[]";

    public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
    {
        TypeDefinition type = reader.GetTypeDefinition(handle);
        string ns = reader.GetString(type.Namespace);
        return (type.GetDeclaringType() is { IsNil: false } outer ? GetTypeFromDefinition(reader, outer, rawTypeKind) + "/" : ns.Length > 0 ? ns + "." : "") + reader.GetString(type.Name);
    }

    public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => NameOf(reader, handle);

    public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);
}
