namespace Shims.Control.Client;

/// <summary>Variables in the order in which they will be sent. Names may come twice, as repeated headers do.</summary>
internal sealed class VariableList
{
    private readonly List<RequestVariable> _variables = [];

    internal void Add(string name, string value) => _variables.Add(new RequestVariable(name, value));

    internal void Add(string name, byte[] value) => _variables.Add(new RequestVariable(System.Text.Encoding.UTF8.GetBytes(name), value));

    /// <summary>Puts a value in the place of every other of that name, or at the end; null takes them away.</summary>
    internal void Replace(string name, string? value)
    {
        int index = _variables.FindIndex(variable => variable.NameText == name);
        _variables.RemoveAll(variable => variable.NameText == name);
        if (value is not null)
            _variables.Insert(index < 0 ? _variables.Count : index, new RequestVariable(name, value));
    }

    internal List<RequestVariable> ToList() => _variables;
}
