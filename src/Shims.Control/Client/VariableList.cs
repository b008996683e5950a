namespace Shims.Control.Client;

/// <summary>Variables in the order of sending. A name may occur twice, as repeated headers do.</summary>
internal sealed class VariableList
{
    private readonly List<RequestVariable> _variables = [];

    internal void Add(string name, string value) => _variables.Add(new RequestVariable(name, value));

    internal void Add(string name, byte[] value) => _variables.Add(new RequestVariable(System.Text.Encoding.UTF8.GetBytes(name), value));

    /// <summary>Replaces every value of that name, or adds one at the end; null removes them.</summary>
    internal void Replace(string name, string? value)
    {
        int index = _variables.FindIndex(variable => variable.NameText == name);
        _variables.RemoveAll(variable => variable.NameText == name);
        if (value is not null)
            _variables.Insert(index < 0 ? _variables.Count : index, new RequestVariable(name, value));
    }

    internal List<RequestVariable> ToList() => _variables;
}
