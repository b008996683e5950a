using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Tracing;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Shims.AspNetApp;

/// <summary>Writes down the generic types that the runtime has made of types of the framework: in native code, those that the compiler has not foreseen are built at each start.</summary>
internal sealed partial class TypeList : EventListener
{
    private const EventKeywords TypeLoads = (EventKeywords)0x80_0000_0000;

    private readonly ConcurrentDictionary<nint, bool> _handles = new();

    /// <summary>Their names, as <see cref="Type.GetType(string)"/> takes them.</summary>
    internal IEnumerable<string> Names =>
        _handles.Keys.Select(static handle => Type.GetTypeFromHandle(RuntimeTypeHandle.FromIntPtr(handle))).OfType<Type>().Where(IsOfTheContainer).SelectMany(WithItsRequests)
            .Where(IsOfTheFramework).Select(NameOf).Distinct().Order(StringComparer.Ordinal);

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
            EnableEvents(eventSource, EventLevel.Verbose, TypeLoads);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName?.StartsWith("TypeLoadStop", StringComparison.Ordinal) == true && eventData.Payload?[eventData.PayloadNames!.IndexOf("TypeID")] is ulong handle)
            _handles.TryAdd((nint)handle, true);
    }

    /// <summary>What a container makes: loggers, options and their kin, and arrays of them. What code names, the compiler knows.</summary>
    private static bool IsOfTheContainer(Type type) => type.IsArray
        ? type.GetElementType() is { IsInterface: true, Namespace: { } of } && of.StartsWith("Microsoft.", StringComparison.Ordinal)
        : type is { IsConstructedGenericType: true, ContainsGenericParameters: false, Namespace: { } space } && type.GetGenericArguments().All(static argument => argument is { IsValueType: false, IsPointer: false })
            && (space.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal) || space.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal)
                || type.GetGenericTypeDefinition() == typeof(IEnumerable<>));

    /// <summary>The type, and what its constructors ask the container for.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Only the .NET runtime, which has all constructors, makes this list.")]
    private static IEnumerable<Type> WithItsRequests(Type type) => type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
        .SelectMany(static constructor => constructor.GetParameters()).Select(static parameter => parameter.ParameterType).Where(IsOfTheContainer).Append(type);

    /// <summary>True if no type of the app itself, or of a test, is part of it; nor one inside of a generic type, whose name the analyzers of the SDK cannot read.</summary>
    private static bool IsOfTheFramework(Type type) => type.IsArray ? IsOfTheFramework(type.GetElementType()!)
        : type.DeclaringType is not { IsGenericType: true } && type.FullName is not null and not "System.__Canon" && !type.ContainsGenericParameters && type.GetGenericArguments().All(IsOfTheFramework)
            && type.Assembly.GetName().Name is { } name && (name.StartsWith("Microsoft.", StringComparison.Ordinal) || name.StartsWith("System.", StringComparison.Ordinal));

    private static string NameOf(Type type) => Versions().Replace(type.AssemblyQualifiedName!, "");

    [GeneratedRegex(@", Version=[^,\]]*, Culture=[^,\]]*, PublicKeyToken=[^,\]]*")]
    private static partial Regex Versions();
}
