export * from './Lamp';
