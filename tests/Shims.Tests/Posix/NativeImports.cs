using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Shims.Tests.Posix;

/// <summary>The native functions that an assembly imports, and the structs that it hands to them, as its metadata has them.</summary>
/// <remarks>Compared is what the machine sees: an enum is its number, and every pointer, handle or address the same.</remarks>
internal sealed class NativeImports : ISignatureTypeProvider<string, object?>
{
    private const string Address = "address", EnumField = "value__";

    private NativeImports(MetadataReader metadata)
    {
        Functions = metadata.MethodDefinitions.Select(metadata.GetMethodDefinition).Where(static method => !method.GetImport().Module.IsNil)
            .ToLookup(method => metadata.GetString(method.GetImport().Name), method => FormOf(method.DecodeSignature(this, null)));
        Structs = metadata.TypeDefinitions.Select(metadata.GetTypeDefinition).Where(type => !type.GetDeclaringType().IsNil)
            .Select(type => ($"{metadata.GetString(metadata.GetTypeDefinition(type.GetDeclaringType()).Name)}.{metadata.GetString(type.Name)}", FieldsOf(metadata, type)))
            .ToLookup(static type => type.Item1, static type => type.Item2);
    }

    /// <summary>The functions by their names, with the forms in which they are declared.</summary>
    internal ILookup<string, string> Functions { get; }

    /// <summary>The fields of each type inside of another, in their order.</summary>
    internal ILookup<string, string> Structs { get; }

    internal static NativeImports Of(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        return new NativeImports(file.GetMetadataReader());
    }

    /// <summary>The values of an enum of an assembly.</summary>
    internal static IReadOnlyDictionary<string, int> ValuesOf(string assembly, string name)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        MetadataReader metadata = file.GetMetadataReader();
        TypeDefinition type = metadata.TypeDefinitions.Select(metadata.GetTypeDefinition).First(type => metadata.GetString(type.Name) == name && IsEnum(metadata, type));
        return type.GetFields().Select(metadata.GetFieldDefinition).Where(static field => !field.GetDefaultValue().IsNil)
            .ToDictionary(field => metadata.GetString(field.Name), field => metadata.GetBlobReader(metadata.GetConstant(field.GetDefaultValue()).Value).ReadInt32());
    }

    private static string FormOf(MethodSignature<string> signature) => $"{signature.ReturnType} ({string.Join(", ", signature.ParameterTypes)})";

    private string FieldsOf(MetadataReader metadata, TypeDefinition type) => string.Join(", ", type.GetFields().Select(metadata.GetFieldDefinition)
        .Where(static field => (field.Attributes & System.Reflection.FieldAttributes.Static) == 0).Select(field => field.DecodeSignature(this, null)));

    private static bool IsEnum(MetadataReader metadata, TypeDefinition type) => type.GetFields().Any(field => metadata.GetString(metadata.GetFieldDefinition(field).Name) == EnumField);

    public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
    {
        TypeDefinition type = reader.GetTypeDefinition(handle);
        return IsEnum(reader, type) ? reader.GetFieldDefinition(type.GetFields().First(field => reader.GetString(reader.GetFieldDefinition(field).Name) == EnumField)).DecodeSignature(this, null)
            : reader.GetString(type.Name);
    }

    public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode is PrimitiveTypeCode.IntPtr or PrimitiveTypeCode.UIntPtr ? Address : typeCode.ToString();
    public string GetPointerType(string elementType) => Address;
    public string GetByReferenceType(string elementType) => Address;
    public string GetFunctionPointerType(MethodSignature<string> signature) => Address;
    public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => reader.GetString(reader.GetTypeReference(handle).Name);
    public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) => "";
    public string GetArrayType(string elementType, ArrayShape shape) => "";
    public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) => genericType;
    public string GetGenericMethodParameter(object? genericContext, int index) => "";
    public string GetGenericTypeParameter(object? genericContext, int index) => "";
    public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;
    public string GetPinnedType(string elementType) => elementType;
    public string GetSZArrayType(string elementType) => "";
}
