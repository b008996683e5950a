using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Shims.Testing.Architecture;

/// <summary>Which types of a compiled assembly name which others of it: in base types, interfaces, fields, signatures, locals and code. Nested types count as their outermost one.</summary>
/// <remarks>ECMA-335, partitions II.22 to II.24 and III. What the compiler has put in as a value, such as a constant, is not seen any more.</remarks>
public sealed class TypeGraph
{
    private static readonly Dictionary<int, OpCode> s_opCodes = typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => (int)(ushort)code.Value);

    private readonly MetadataReader _metadata;
    private readonly SortedDictionary<string, SortedSet<string>> _arrows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _booleans = [];

    private TypeGraph(PEReader file)
    {
        _metadata = file.GetMetadataReader();
        foreach (TypeDefinitionHandle handle in _metadata.TypeDefinitions)
        {
            if (OutermostOf(handle) is not { } name)
                continue;
            if (!_arrows.TryGetValue(name, out SortedSet<string>? named))
                _arrows.Add(name, named = new SortedSet<string>(StringComparer.Ordinal));
            TypeDefinition type = _metadata.GetTypeDefinition(handle);
            Read(file, type, new Collector(this, named));
            _booleans[name] = Math.Max(_booleans.GetValueOrDefault(name), CountBooleans(type));
            named.Remove(name);
        }
    }

    /// <summary>Each type with its namespace, and those that it names.</summary>
    public IReadOnlyDictionary<string, SortedSet<string>> Arrows => _arrows;

    /// <summary>Each type with the number of its fields of type bool, automatic properties included, that change after an object has been made. Of a type and those inside of it, the one with the most counts.</summary>
    public IReadOnlyDictionary<string, int> Booleans => _booleans;

    /// <summary>Reads an assembly's file.</summary>
    public static TypeGraph Of(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        return new TypeGraph(file);
    }

    /// <summary>Groups of types each of which leads to each other of its group: the strongly connected components of more than one type.</summary>
    public IReadOnlyList<string[]> Cycles()
    {
        var reached = _arrows.Keys.ToDictionary(type => type, ReachedFrom);
        return [.. _arrows.Keys.Select(type => reached[type].Where(other => reached[other].Contains(type)).Append(type).Distinct().Order(StringComparer.Ordinal).ToArray())
            .Where(group => group.Length > 1).DistinctBy(group => group[0])];
    }

    private HashSet<string> ReachedFrom(string type)
    {
        var reached = new HashSet<string>();
        var next = new Stack<string>([type]);
        while (next.TryPop(out string? current))
        {
            foreach (string named in _arrows[current])
            {
                if (reached.Add(named))
                    next.Push(named);
            }
        }
        return reached;
    }

    /// <summary>Null for what the compiler has made.</summary>
    private string? OutermostOf(TypeDefinitionHandle handle)
    {
        TypeDefinition type = _metadata.GetTypeDefinition(handle);
        while (!type.GetDeclaringType().IsNil)
            type = _metadata.GetTypeDefinition(type.GetDeclaringType());
        string name = _metadata.GetString(type.Name), space = _metadata.GetString(type.Namespace);
        return name.StartsWith('<') || space.StartsWith("System", StringComparison.Ordinal) || space.StartsWith("Microsoft", StringComparison.Ordinal) ? null : $"{space}.{name}";
    }

    /// <summary>Not of what the compiler makes of an asynchronous method or a lambda.</summary>
    private int CountBooleans(TypeDefinition type) => _metadata.GetString(type.Name).StartsWith('<') ? 0 : type.GetFields().Select(_metadata.GetFieldDefinition).Count(field =>
        (field.Attributes & (FieldAttributes.Static | FieldAttributes.InitOnly)) == 0 && field.DecodeSignature(new Collector(this, []), null) == (int)PrimitiveTypeCode.Boolean);

    private void Read(PEReader file, TypeDefinition type, Collector collector)
    {
        collector.Add(type.BaseType);
        foreach (InterfaceImplementationHandle implementation in type.GetInterfaceImplementations())
            collector.Add(_metadata.GetInterfaceImplementation(implementation).Interface);
        foreach (FieldDefinitionHandle field in type.GetFields())
            _metadata.GetFieldDefinition(field).DecodeSignature(collector, null);
        foreach (MethodDefinitionHandle handle in type.GetMethods())
        {
            MethodDefinition method = _metadata.GetMethodDefinition(handle);
            method.DecodeSignature(collector, null);
            if (method.RelativeVirtualAddress == 0)
                continue;
            MethodBodyBlock body = file.GetMethodBody(method.RelativeVirtualAddress);
            collector.Add(body.LocalSignature);
            ReadCode(body.GetILReader(), collector);
        }
    }

    private static void ReadCode(BlobReader code, Collector collector)
    {
        while (code.RemainingBytes > 0)
        {
            int value = code.ReadByte();
            if (value == 0xFE)
                value = 0xFE00 | code.ReadByte();
            switch (s_opCodes[value].OperandType)
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType or OperandType.InlineSig:
                    collector.Add(MetadataTokens.EntityHandle(code.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    int targets = code.ReadInt32();
                    code.Offset += sizeof(int) * targets;
                    break;
                case OperandType operand:
                    code.Offset += SizeOf(operand);
                    break;
            }
        }
    }

    private static int SizeOf(OperandType operand) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => 4,
    };

    /// <summary>Notes each type of the assembly that a signature or a token names. What it makes of a type is the code of a primitive one, and 0 for all others.</summary>
    private sealed class Collector(TypeGraph graph, SortedSet<string> named) : ISignatureTypeProvider<int, object?>
    {
        internal void Add(EntityHandle handle)
        {
            if (handle.IsNil)
                return;
            MetadataReader metadata = graph._metadata;
            switch (handle.Kind)
            {
                case HandleKind.TypeDefinition:
                    if (graph.OutermostOf((TypeDefinitionHandle)handle) is { } name)
                        named.Add(name);
                    break;
                case HandleKind.TypeSpecification:
                    metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(this, null);
                    break;
                case HandleKind.FieldDefinition:
                    Add(metadata.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType());
                    break;
                case HandleKind.MethodDefinition:
                    Add(metadata.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType());
                    break;
                case HandleKind.MemberReference:
                    AddMember(metadata.GetMemberReference((MemberReferenceHandle)handle));
                    break;
                case HandleKind.MethodSpecification:
                    MethodSpecification specification = metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                    specification.DecodeSignature(this, null);
                    Add(specification.Method);
                    break;
                case HandleKind.StandaloneSignature:
                    StandaloneSignature signature = metadata.GetStandaloneSignature((StandaloneSignatureHandle)handle);
                    if (signature.GetKind() == StandaloneSignatureKind.LocalVariables)
                        signature.DecodeLocalSignature(this, null);
                    else
                        signature.DecodeMethodSignature(this, null);
                    break;
            }
        }

        private void AddMember(MemberReference member)
        {
            Add(member.Parent);
            if (member.GetKind() == MemberReferenceKind.Field)
                member.DecodeFieldSignature(this, null);
            else
                member.DecodeMethodSignature(this, null);
        }

        public int GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
        {
            Add(handle);
            return 0;
        }

        public int GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind)
        {
            Add(handle);
            return 0;
        }

        public int GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => 0;
        public int GetArrayType(int elementType, ArrayShape shape) => 0;
        public int GetByReferenceType(int elementType) => 0;
        public int GetFunctionPointerType(MethodSignature<int> signature) => 0;
        public int GetGenericInstantiation(int genericType, ImmutableArray<int> typeArguments) => 0;
        public int GetGenericMethodParameter(object? genericContext, int index) => 0;
        public int GetGenericTypeParameter(object? genericContext, int index) => 0;
        public int GetModifiedType(int modifier, int unmodifiedType, bool isRequired) => unmodifiedType;
        public int GetPinnedType(int elementType) => 0;
        public int GetPointerType(int elementType) => 0;
        public int GetPrimitiveType(PrimitiveTypeCode typeCode) => (int)typeCode;
        public int GetSZArrayType(int elementType) => 0;
    }
}
