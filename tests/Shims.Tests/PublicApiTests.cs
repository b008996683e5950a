using System.Reflection;
using System.Runtime.CompilerServices;

namespace Shims.Tests;

/// <summary>What users of the package can see is a text file, so that a reviewer sees it move.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_reviewed_one()
    {
        string reviewed = Path.Combine(Testing.Repository.Root, "tests/Shims.Tests/PublicAPI.txt");
        string actual = string.Concat(Lines().Select(line => line + "\n"));
        if (File.Exists(reviewed) && File.ReadAllText(reviewed) == actual)
            return;
        File.WriteAllText(reviewed + ".actual", actual);
        Assert.Fail($"the public surface differs from {reviewed}: look at {reviewed}.actual, and if it is right, put it in its place");
    }

    private static IEnumerable<string> Lines()
    {
        foreach (Type type in typeof(Shim).Assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            string bases = string.Join(", ", new[] { type.BaseType }.Concat(type.GetInterfaces()).Where(each => each is not null && each != typeof(object)).Select(each => Name(each!)).Order(StringComparer.Ordinal));
            yield return $"{Kind(type)} {type.FullName}{(bases.Length > 0 && !type.IsEnum ? $" : {bases}" : "")}";
            foreach (string member in type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Select(Describe).OfType<string>().Order(StringComparer.Ordinal))
                yield return $"    {member}";
        }
    }

    private static string Kind(Type type) =>
        type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct" : type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsSealed ? "sealed class" : "class";

    private static string? Describe(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => $"new({Parameters(constructor)})",
        MethodInfo { IsSpecialName: false } method => $"{(method.IsStatic ? "static " : "")}{Name(method.ReturnType)} {method.Name}({Parameters(method)})",
        PropertyInfo property => $"{Name(property.PropertyType)} {property.Name}{(property.GetIndexParameters() is { Length: > 0 } index ? $"[{string.Join(", ", index.Select(each => Name(each.ParameterType)))}]" : "")} {{ {Accessors(property)} }}",
        FieldInfo { IsLiteral: true } constant => $"{constant.Name} = {Convert.ToInt64(constant.GetRawConstantValue())}",
        FieldInfo { IsSpecialName: false } field => $"{Name(field.FieldType)} {field.Name}",
        _ => null,
    };

    private static string Accessors(PropertyInfo property)
    {
        string set = property.SetMethod is not { IsPublic: true } setter ? ""
            : setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;" : " set;";
        return "get;" + set;
    }

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(parameter => $"{Name(parameter.ParameterType)} {parameter.Name}{(parameter.IsOptional ? $" = {parameter.RawDefaultValue ?? "null"}" : "")}"));

    private static string Name(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;
}
