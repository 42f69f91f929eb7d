using System;
using System.Reflection;
using System.Reflection.Emit;
using CheckpointBuild.Building.Plugins;
using CheckpointBuild.Dialects;
using CheckpointBuild.Models;

namespace CheckpointBuild.Tests.Tool.Plugins;

/// <summary>A plug-in assembly, written to disk as a compiler would: real metadata, real loading.</summary>
internal sealed record EmittedPlugin
{
    /// <summary>The version of the surface that it says it was compiled against.</summary>
    public int SurfaceVersion { get; init; } = CheckpointPlugin.SurfaceVersion;

    /// <summary>Whether the assembly names an entry.</summary>
    public bool NamesEntry { get; init; } = true;

    /// <summary>What the entry's class is derived from.</summary>
    public Type EntryBase { get; init; } = typeof(CheckpointPlugin);

    /// <summary>The name of the dialect that it registers, whose reading throws; null = registration itself throws.</summary>
    public string? Dialect { get; init; }

    /// <summary>Writes the assembly.</summary>
    /// <param name="path">Where to; its name is the assembly's and the plug-in's.</param>
    /// <returns>The same path.</returns>
    public string Write(string path)
    {
        string name = System.IO.Path.GetFileNameWithoutExtension(path);
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(name), typeof(object).Assembly);
        ModuleBuilder module = assembly.DefineDynamicModule(name);
        Type? dialect = Dialect is null ? null : DefineDialect(module, Dialect);
        TypeBuilder entry = module.DefineType($"{name}.Entry", TypeAttributes.Public | TypeAttributes.Sealed, EntryBase);
        entry.DefineDefaultConstructor(MethodAttributes.Public);
        if (EntryBase == typeof(CheckpointPlugin))
        {
            Returns(entry, "get_Name", typeof(string), il => il.Emit(OpCodes.Ldstr, name));
            MethodBuilder register = Override(entry, nameof(CheckpointPlugin.Register), typeof(void), typeof(PluginRegistry));
            DefineRegister(register.GetILGenerator(), dialect);
        }

        entry.CreateType();
        if (NamesEntry)
        {
            assembly.SetCustomAttribute(new CustomAttributeBuilder(typeof(CheckpointPluginAttribute).GetConstructors()[0], [entry, SurfaceVersion]));
        }

        assembly.Save(path);
        return path;
    }

    private static void DefineRegister(ILGenerator il, Type? dialect)
    {
        if (dialect is null)
        {
            Throw(il);
            return;
        }

        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Newobj, dialect.GetConstructor([])!);
        il.Emit(OpCodes.Callvirt, typeof(PluginRegistry).GetMethod(nameof(PluginRegistry.Add), [typeof(Dialect)])!);
        il.Emit(OpCodes.Pop);
        il.Emit(OpCodes.Ret);
    }

    private static TypeBuilder DefineDialect(ModuleBuilder module, string name)
    {
        TypeBuilder type = module.DefineType("Broken", TypeAttributes.Public | TypeAttributes.Sealed, typeof(Dialect));
        type.DefineDefaultConstructor(MethodAttributes.Public);
        Returns(type, "get_Name", typeof(string), il => il.Emit(OpCodes.Ldstr, name));
        Returns(type, nameof(CheckpointBuild.Dialects.Dialect.Recognizes), typeof(bool), il => il.Emit(OpCodes.Ldc_I4_0), typeof(CheckpointDirectory));
        Throw(Override(type, nameof(CheckpointBuild.Dialects.Dialect.Read), typeof(Checkpoint), typeof(CheckpointDirectory)).GetILGenerator());
        type.CreateType();
        return type;
    }

    private static void Returns(TypeBuilder type, string method, Type result, Action<ILGenerator> load, params Type[] parameters)
    {
        ILGenerator il = Override(type, method, result, parameters).GetILGenerator();
        load(il);
        il.Emit(OpCodes.Ret);
    }

    private static MethodBuilder Override(TypeBuilder type, string method, Type result, params Type[] parameters) =>
        type.DefineMethod(method, MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.HideBySig, result, parameters);

    private static void Throw(ILGenerator il)
    {
        il.Emit(OpCodes.Ldstr, "the dog ate it");
        il.Emit(OpCodes.Newobj, typeof(InvalidOperationException).GetConstructor([typeof(string)])!);
        il.Emit(OpCodes.Throw);
    }
}
